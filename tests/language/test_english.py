"""Speech that is not in English is left to people; dialect and short answers are not."""

import pytest

from themecode.language.english import is_english


@pytest.mark.parametrize(
    "words",
    [
        "I'd be back at work the Monday like nothing had happened, and nobody said a word to me.",
        "Ah dinnae ken whit tae tell ye, they wouldnae let me see the weans till the Friday, like.",
        "Yes.",
        "Kettle, telly, bed.",
        "Me no have nobody here, is only me and the baby, and the worker she come every week to see.",
    ],
)
def test_english_in_any_dialect_is_english(words):
    assert is_english(words)


@pytest.mark.parametrize(
    "words",
    [
        "Nie wiedziałam, do kogo mam się zwrócić, a oni powiedzieli, że muszę czekać jeszcze trzy miesiące.",
        "No sabía con quién hablar y me dijeron que tenía que esperar tres meses más para la cita.",
        "Mi a le jẹ́ kí wọ́n gba àwọn ọmọ mi lọ́wọ́ mi, nítorí náà mi ò sọ fún ẹnikẹ́ni rárá.",
        "我不知道该找谁帮忙，他们说还要再等三个月。",
        "لم أكن أعرف إلى من ألجأ، وقالوا لي إن علي أن أنتظر ثلاثة أشهر أخرى.",
    ],
)
def test_other_languages_are_not(words):
    assert not is_english(words)

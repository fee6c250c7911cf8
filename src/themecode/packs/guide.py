"""What a reviewer is told first, in either kind of pack."""

from __future__ import annotations

from themecode.packs.contents import ELSE, NO, NOTHING, THESE, UNSURE, YES, Pack

#: The sheet of excerpts that have a content note.
HARD = "With content notes"


def guide_lines(pack: Pack, *, sheet: bool) -> list[tuple[str, str]]:
    """What a reviewer is told first, line by line.

    Args:
        pack: hers.
        sheet: whether it is a workbook.

    Returns:
        What kind of line (plain, heading, answer), and its words; an answer and what it means are
        parted by a tab.
    """
    number = len(pack.excerpts)
    lines = [
        ("plain", "Thank you for reading. Your view is what counts: there are no wrong answers."),
        (
            "plain",
            (
                f"Here {'is' if number == 1 else 'are'} {number} short "
                f"excerpt{'' if number == 1 else 's'} from what people said. Take as many breaks as "
                "you like. You can stop at any time, and leave out any you would rather not read."
            ),
        ),
    ]
    if pack.hard:
        where = f"on a sheet of their own, “{HARD}”" if sheet else "together at the end"
        lines.append(
            (
                "plain",
                (
                    f"Excerpts with a content note stand {where}. Each note says what the excerpt "
                    "is about, before the words. You can leave out any of them, or all."
                ),
            )
        )
    lines.append(("heading", "How to answer"))
    if any(each.code for each in pack.excerpts):
        lines += [
            ("answer", f"{YES}\tThe person is talking about this."),
            ("answer", f"{NO}\tThe person is not."),
            ("answer", f"{ELSE}\tAnother code fits better. Say which one, or say it in a note."),
        ]
    if any(each.code is None for each in pack.excerpts):
        lines += [
            ("answer", f"{THESE}\tWhere you are asked which codes fit: name them beside it."),
            ("answer", f"{NOTHING}\tWhere none of the codes fits."),
        ]
    lines += [
        ("answer", f"{UNSURE}\tThat is a good answer too."),
        (
            "plain",
            (
                "Choose from the list, or type: “yes”, “no” and “not sure” are understood. Notes "
                "are welcome and never needed."
            ),
        ),
        ("heading", "When you have finished"),
        (
            "plain",
            (
                "Save the file and send it back to whoever gave it to you, safely: it holds what "
                "people said in confidence. Then delete your copy. It may have another name."
            ),
        ),
    ]
    if pack.contacts:
        lines.append(("heading", "If it is a lot"))
        lines.append(("plain", "Stop whenever you want. These people are there for you:"))
        lines += [("plain", contact) for contact in pack.contacts]
    return lines

"""Safeguarding prompts for the lead researcher, one by one, with why each is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.text import Text

from themecode.console.tables import out
from themecode.wording import number_of

if TYPE_CHECKING:
    from themecode.flow.safeguarding import Prompt


def print_prompts(prompts: Sequence[Prompt], *, everything: bool, wording: str) -> None:
    """The prompts nobody has looked at; all of them where asked."""
    console = out()
    waiting = [prompt for prompt in prompts if prompt.waits]
    shown = prompts if everything else waiting
    if not shown:
        console.print(
            "No passage waits to be looked at. That is no sign that nobody is in danger: read the "
            "transcripts, and follow your study's own safeguarding protocol."
        )
        return
    console.print(Text("For the lead researcher only.", style="bold"))
    console.print(wording)
    for prompt in shown:
        console.print()
        console.print(
            Text(prompt.id[:8], style="cyan")
            + Text(f"  {prompt.concern}", style="bold")
            + Text(f"  ·  {prompt.transcript_id}, turn {prompt.turn}, {prompt.speaker}")
        )
        console.print(Padding(_mark(prompt), (0, 0, 0, 2)))
        heard = "; ".join(f"“{words}”" for words in prompt.evidence)
        console.print(
            Padding(
                Text(f"Heard: {heard}. May speak of {prompt.speaks_of}.", style="dim"), (0, 0, 0, 2)
            )
        )
        for look in prompt.looks:
            said = f" ({look.note})" if look.note else ""
            console.print(f"  Looked at by {look.looked_by}, {look.looked_at:%d %B %Y}{said}.")
    console.print()
    console.print(
        f"{number_of(len(waiting), 'passage waits', 'passages wait')} to be looked at. When you have: "
        "`themecode safeguarding --looked-at NUMBER --name YOUR-NAME`."
    )


def _mark(prompt: Prompt) -> Text:
    text = Text(prompt.words)
    for words in prompt.evidence:
        at = prompt.words.find(words)
        if at >= 0:
            text.stylize("bold", at, at + len(words))
    return text


def prompts_as_json(prompts: Sequence[Prompt], *, wording: str) -> dict[str, Any]:
    """The prompts, for scripts."""
    return {
        "wording": wording,
        "prompts": [
            {
                "id": prompt.id,
                "transcript": prompt.transcript_id,
                "turn": prompt.turn,
                "speaker": prompt.speaker,
                "concern": prompt.concern,
                "speaks_of": prompt.speaks_of,
                "text": prompt.words,
                "heard": list(prompt.evidence),
                "looked_at_by": [look.looked_by for look in prompt.looks],
            }
            for prompt in prompts
        ],
    }


def print_waiting_prompts(waiting: int) -> None:
    """One line for the lead in how a study stands: how many, and nothing of what."""
    out().print(
        f"Safeguarding: {number_of(waiting, 'passage', 'passages')} for the lead researcher to look at "
        "(`themecode safeguarding`)."
    )

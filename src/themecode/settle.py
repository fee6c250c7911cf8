"""Codings and people's decisions, settled into where each coding stands."""

from __future__ import annotations

from dataclasses import dataclass

from themecode.model import Coding, Decision, Status, Turn


@dataclass(frozen=True, slots=True)
class Settled:
    """A coding as it stands once every decision about it is taken into account.

    Args:
        coding: the claim.
        turn: the turn it was made in (speaker, participant).
        code_id: the code it stands under now: another than the coding's own where it was recoded.
        status: where it stands.
        decisions: the latest decision of each reviewer, oldest first.
        stale: whether the code's definition has changed since the claim was made.
    """

    coding: Coding
    turn: Turn
    code_id: str
    status: Status
    decisions: tuple[Decision, ...] = ()
    stale: bool = False

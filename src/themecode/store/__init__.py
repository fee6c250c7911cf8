"""The store: one study, append-only, in one SQLite file (or on a team's PostgreSQL)."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from themecode.store.clearing import Withdrawn
    from themecode.store.opening import open_study, utc_now
    from themecode.store.records import (
        CodedPass,
        KeptDecision,
        KnownTranscript,
        LogEntry,
        StudyCounts,
    )
    from themecode.store.review_records import (
        Care,
        Choices,
        Claim,
        KeyHolder,
        KeyRole,
        PlanOptions,
        Queue,
        Reply,
        ReviewAnswer,
        Reviewer,
        ReviewItem,
        ReviewPlan,
        Sampled,
        Sitting,
        StaleAnswer,
        Stratum,
    )
    from themecode.store.study import Study
    from themecode.store.traces import LONG_RUN, Traces

__all__ = [
    "LONG_RUN",
    "Care",
    "Choices",
    "Claim",
    "CodedPass",
    "KeptDecision",
    "KeyHolder",
    "KeyRole",
    "KnownTranscript",
    "LogEntry",
    "PlanOptions",
    "Queue",
    "Reply",
    "ReviewAnswer",
    "ReviewItem",
    "ReviewPlan",
    "Reviewer",
    "Sampled",
    "Sitting",
    "StaleAnswer",
    "Stratum",
    "Study",
    "StudyCounts",
    "Traces",
    "Withdrawn",
    "open_study",
    "utc_now",
]

#: Where each is; loaded when it is first asked for, since the database's toolkit takes a quarter of
#: a second and a study that has not changed can be told of without it.
_PARTS = {
    "clearing": "Withdrawn",
    "opening": "open_study utc_now",
    "records": "CodedPass KeptDecision KnownTranscript LogEntry StudyCounts",
    "review_records": "Care Choices Claim KeyHolder KeyRole PlanOptions Queue Reply ReviewAnswer ReviewItem ReviewPlan Reviewer Sampled Sitting StaleAnswer Stratum",
    "study": "Study",
    "traces": "LONG_RUN Traces",
}
_HOMES = {name: module for module, names in _PARTS.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)

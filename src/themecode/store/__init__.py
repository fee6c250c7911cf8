"""The store: one study, append-only, in one SQLite file (or on a team's PostgreSQL)."""

from __future__ import annotations

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

"""The consolidated criteria for reporting qualitative research, as far as a study can answer them.

Source: Tong, Sainsbury and Craig (2007), Consolidated criteria for reporting qualitative research
(COREQ): a 32-item checklist for interviews and focus groups, Int. J. Qual. Health Care 19, 349-357.
"""

from __future__ import annotations

#: Number and topic of each item.
ITEMS: tuple[tuple[int, str], ...] = (
    (1, "Interviewer or facilitator"), (2, "Credentials"), (3, "Occupation"), (4, "Gender"),
    (5, "Experience and training"), (6, "Relationship established"),
    (7, "Participant knowledge of the interviewer"), (8, "Interviewer characteristics"),
    (9, "Methodological orientation and theory"), (10, "Sampling"), (11, "Method of approach"),
    (12, "Sample size"), (13, "Non-participation"), (14, "Setting of data collection"),
    (15, "Presence of non-participants"), (16, "Description of sample"), (17, "Interview guide"),
    (18, "Repeat interviews"), (19, "Audio or visual recording"), (20, "Field notes"), (21, "Duration"),
    (22, "Data saturation"), (23, "Transcripts returned"), (24, "Number of data coders"),
    (25, "Description of the coding tree"), (26, "Derivation of themes"), (27, "Software"),
    (28, "Participant checking"), (29, "Quotations presented"), (30, "Data and findings consistent"),
    (31, "Clarity of major themes"), (32, "Clarity of minor themes"),
)  # fmt: skip
#: Stands where only the researchers know.
FOR_RESEARCHERS = "For the researchers to say."

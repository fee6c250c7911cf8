"""How the data were made and analysed: a methods section with its numbers filled in."""

from __future__ import annotations

from themecode.exports.report.contents import ReportContents
from themecode.exports.report.document import ReportDocument
from themecode.exports.report.figures import FiguresTable
from themecode.model import Status
from themecode.settle import is_machine
from themecode.wording import number_of

_PEOPLES = (Status.ACCEPTED.value, Status.RECODED.value, Status.CODED.value)


def join(parts: list[str]) -> str:
    """A list in prose."""
    return (
        parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""
    )


def say_what_counts(contents: ReportContents) -> str:
    """How far people stand behind the figures: the first thing a reader should know."""
    statuses = contents.data.statuses
    suggested = statuses.get(Status.SUGGESTED.value, 0)
    peoples = sum(statuses.get(each, 0) for each in _PEOPLES)
    if not suggested + peoples:
        return "Nothing is coded yet, so that this report holds no findings."
    if not peoples:
        one = suggested == 1
        which = "The one coding here was" if one else f"All {suggested:,} codings counted here were"
        them = "it" if one else "them"
        return (
            f"{which} suggested by the machine, and nobody has checked {them}. Read this as a draft: no "
            "figure in it is a finding yet."
        )
    if not suggested:
        return f"People made or agreed to every coding counted here ({peoples:,})."
    return (
        f"People made or agreed to {peoples:,} of the {number_of(peoples + suggested, 'coding')} counted here; "
        f"{suggested:,} were suggested by the machine and have not been checked."
    )


def write_methods(document: ReportDocument, contents: ReportContents) -> None:
    """The chapter on the data, the analysis and how far to trust it."""
    data = contents.data
    document.heading("How the data were made and analysed")
    document.heading("The data", 2)
    kinds = join([number_of(count, kind) if kind != "survey" else number_of(count, "survey response")
                  for kind, count in data.kinds.items() if count])  # fmt: skip
    table = document.next_reference("Table")
    if data.participants:
        document.rich(
            [(f"The study holds {kinds}, in which {number_of(data.participants, 'person', 'people')} took part "
             "("), table, f") and said {number_of(data.words, 'word')} in {number_of(data.turns, 'turn')}."]
        )  # fmt: skip
        document.table(
            FiguresTable("People", "Who took part", ("Source", "People", "%"), ("source", "people", "percent"),
                         tuple((role, count, 100 * count / data.participants) for role, count in data.roles),
                         decimals=0)
        )  # fmt: skip
        document.text(_say_consent(contents))
    else:
        document.text("The study holds no transcripts yet.")
    document.heading("The analysis, in six phases", 2)
    document.text(
        "The phases are those of Braun and Clarke (2006), Qualitative Research in Psychology 3, 77–101."
    )
    for name, said in _list_phases(contents):
        document.text(f"{name}. {said}", "List Number")
    document.heading("Agreement between coders", 2)
    if data.agreement:
        document.text(
            f"{number_of(len(data.reviewers), 'person', 'people')} read the coded passages. Figures are given with "
            "intervals; a code that few passages carry says little either way."
        )
        for table_ in data.agreement:
            document.table(table_)
    elif data.reviewers:
        document.text(
            f"{number_of(len(data.reviewers), 'reviewer')} made {number_of(sum(n for _, n in data.reviewers), 'decision')}. "
            "Agreement between people is not yet measured."
        )
    else:
        document.text("Not yet measured: nobody has reviewed the codings.")
    document.heading("Saturation", 2)
    table = document.next_reference("Table")
    document.rich(
        [
            f"{contents.saturation_said} The figures are in ",
            table,
            ". The method is Guest, Namey and Chen’s (2020).",
        ]
    )
    document.table(contents.saturation)
    if "saturation" in contents.pictures:
        document.figure(*contents.pictures["saturation"])
    document.heading("How the quotes were chosen", 2)
    share = f"{100 * contents.max_share:g}%"
    document.text(
        "The researchers chose the quotes from a list of passages that were coded and that consent allows to be quoted."
        if contents.planned
        else f"The quotes are proposals: spread over the people who spoke of each theme, nobody with more than {share} "
        "of a theme’s quotes where there are enough, and those that people agreed to before those the machine "
        "suggests; passages whose own words might find somebody are not among them. The researchers have not chosen "
        "among them yet (`themecode report plan`)."
    )
    document.text(
        "A quote is signed by role and pseudonym."
        if contents.with_ids
        else "A quote is signed by role and pseudonym, and where fewer than three people have a role, by neither, "
        "so that nobody is found by it."
        if contents.with_safe_ids
        else "A quote is signed by role alone, and where fewer than three people have a role, by none, so that "
        "nobody is found by it."
    )
    if contents.kept_back:
        document.heading("What is kept back", 2)
        document.text(
            f"{number_of(contents.kept_back, 'number')} in tables by group {'is' if contents.kept_back == 1 else 'are'} "
            f"kept back (–): fewer than {contents.fewest} people stand behind {'it' if contents.kept_back == 1 else 'them'}, "
            "or they would give such a number away. Groups of fewer people are taken together. Numbers of the "
            "whole study are shown however small."
        )


def _say_consent(contents: ReportContents) -> str:
    held = contents.data.consent
    parts = [f"{held[kind]:,} {said}" for kind, said in (
        ("quote", "agreed to be quoted"), ("paraphrase", "agreed to be paraphrased only"),
        ("none", "did not agree to be quoted")) if held.get(kind)]  # fmt: skip
    if not parts:
        return "The participants file does not say what may be quoted."
    unsaid = held.get("", 0)
    rest = (
        f" Of {unsaid:,} the file does not say, and they are quoted like those who agreed."
        if unsaid
        else ""
    )
    return f"Of those who took part, {join(parts)}.{rest} Everyone is counted; nobody is quoted who agreed to less."


def _list_phases(contents: ReportContents) -> list[tuple[str, str]]:
    data, codebook = contents.data, contents.codebook
    people = [f"{name} ({count:,})" for name, count in data.coders if not is_machine(name)]
    machine = [f"{name} ({count:,})" for name, count in data.coders if is_machine(name)]
    waiting = data.statuses.get("candidate", 0) + data.statuses.get("disputed", 0)
    coded = join([*people, *machine]) or "nobody yet"
    reviewers = join([f"{name} ({number_of(count, 'decision')})" for name, count in data.reviewers])
    fate = join([f"{data.statuses.get(status, 0):,} {status}" for status in ("accepted", "recoded", "rejected", "disputed")
                 if data.statuses.get(status, 0)])  # fmt: skip
    versions = join(list(data.versions)) or codebook.version
    return [
        ("Getting to know the data",
         f"{number_of(data.words, 'word')} of participants’ talk were read in. How the researchers read them is for them to say."),
        ("First codes",
         (f"Passages were coded against the codebook “{codebook.title}” (version {codebook.version}, "
         f"{number_of(len(codebook.codes), 'code')}). Codings by coder: {coded}. The machine’s are suggestions, each "
         "with the words and the line of the codebook it rests on; themecode "
         f"{contents.software_version} made them on this computer, with no service outside.")),
        ("Looking for themes",
         (f"The {number_of(len(codebook.themes), 'theme')} were set in the codebook beforehand and group its codes: this is "
         "codebook thematic analysis, not the reflexive kind.")),
        ("Reviewing themes",
         (f"Reviewers: {reviewers}. " + (f"Of the codings: {fate}. " if fate else "") if reviewers else "Nobody has reviewed the codings yet. ")
         + (f"{number_of(waiting, 'passage')} {'waits' if waiting == 1 else 'wait'} for people to decide and {'is' if waiting == 1 else 'are'} in no count." if waiting else "No passage waits to be decided.")),
        ("Defining and naming themes",
         f"Codings were made under version{'s' if len(data.versions) > 1 else ''} {versions} of the codebook. "
         + (f"{data.stale:,} stand under a definition that has changed since, and should be looked at again."
            if data.stale else "No coding stands under a definition that has changed since.")),
        ("Writing the report",
         "Tables, figures and counts were made from the study by the program; what they mean is for the researchers to write."),
    ]  # fmt: skip

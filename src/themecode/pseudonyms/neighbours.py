"""Words that tell, by standing beside it, whether an everyday word is somebody's name."""

from __future__ import annotations

#: Ordinary words that are first names more often than not where the neighbours allow it.
MOSTLY_NAMES = frozenset(
    """jan deb dot dawn sue pat rob bob bill jack mark frank grant dean ray gene don drew art rose lily ivy daisy poppy
    holly hazel heather olive iris violet ruby amber pearl crystal jade ginger penny carol joy faith hope grace
    april june autumn summer angel star sunny sandy rusty kitty candy cherry robin jay wren teddy max guy nick
    mick mike dick harry tom john mary jean peter paul peg meg nell victor jo kit gill jill sally molly polly
    josh joe ben sam dan ted ned tim jim jimmy tommy johnny charlie alice precious blessing mercy patience comfort
    charity prudence constance felicity verity clement earnest rich solomon maria martha ruth eve adam david george
    stan curt miles chuck lance pierce rex roman duke earl prince christian dale glen heath clay cliff forest
    marina melody destiny sky skye summer rain harmony tiger lee kay kim viola rosemary basil barney bobby""".split()
)

#: Of those, the ones that begin a sentence as plain words too.
VERBS_FIRST = frozenset(
    """will may hope grant mark drew bill art rose chance pat sue rob chase rich joy faith angel summer autumn star sunny
    sandy rusty candy cherry max guy nick mercy patience comfort charity christian forest clay cliff glen heath
    precious blessing earnest miles lance pierce prince duke earl harmony rain sky destiny melody tiger basil
    don dick pearl crystal ginger lily ivy iris violet amber rosemary viola dan curt jack roman april june mike ruby olive hazel holly heather daisy poppy""".split()
)

NOT_BEFORE_NAMES = frozenset(
    "the a an this that my your his her their no any some every more".split()
)

SURELY_NAMED_AFTER = frozenset(
    """called named name's auntie aunty uncle cousin sponsor keyworker mate boyfriend girlfriend daughter
    son husband partner nephew niece stepdad stepmum counsellor""".split()
)

#: What somebody does, after her name.
SAYS = frozenset(
    "said says goes told asked rang phoned texted reckons reckoned thinks thought".split()
)

#: What people are called without being named.
CALLED_SO = frozenset(
    """love lovey mate babe baby darling nan nana doctor judge friend lady queen princess fella guy man male son
    sister imam pastor deacon governor boss shepherd porter baker butler steward server lawyer angel saint citizen
    captain colonel major buddy lassie laddie woman partner council government school money time gun everything
    nothing everyone law tea help money case story day night year minute first one lot bit""".split()
)

AFTER_VERBS = frozenset(
    "i you we they he she it who to will would can could should must did do does don't didn't not just".split()
)

#: Ordinary words that are towns where people say they go to them: "moved to reading".
GONE_TO = frozenset(
    """reading bath hull derby deal sandwich rugby rye wells hove ware diss battle mold flint ash hook sale
    poole barry ripley selby crook bow skye perth lincoln lancaster london belfast chester""".split()
)

NO_NAMES = frozenset(
    """and or but so who that this there is was were had has have did do does said says went goes came told
    asked rang in on at to from of for with as if when because cos then just like really the a an my your
    his her their our what which it he she they you we not no yes could would should will can came looked
    gave wrote put sent never always used who's that's came back up down down's came got get took""".split()
)

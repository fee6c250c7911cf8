"""What stops the work, said in one sentence with the command that mends it."""


class ThemecodeError(Exception):
    """Something outside the program must change before the work can go on.

    The message names the thing, says what was expected, and says what mends it.
    It never holds a participant's words.
    """


class UnreadableFile(ThemecodeError):
    """One input file cannot be read; the others can."""


class StudyBusy(ThemecodeError):
    """Another process is writing the study."""


class StudyTooNew(ThemecodeError):
    """The study was made by a newer themecode than this one."""


class StudyNotWritable(ThemecodeError):
    """The study's folder or disk refuses to be written."""


class DamagedStudy(ThemecodeError):
    """What the study holds is not what was put into it."""

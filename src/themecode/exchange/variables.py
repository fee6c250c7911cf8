"""What the variables of a project are called that mean something to themecode."""

ROLE = "role"
CONSENT = "consent"
KIND = "kind of transcript"
#: How a note's name says what a memo is about.
MEMO_ABOUT = "Memo about "

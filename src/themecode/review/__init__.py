"""The review in the browser: reviewers answer one excerpt at a time, the lead sees how it goes."""

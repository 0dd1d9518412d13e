"""Reading texts, senders, mailings and what became of messages."""

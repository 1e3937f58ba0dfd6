"""A chat-bot that hears appeals in lounge groups and sees each one through to its end."""

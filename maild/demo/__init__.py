"""FACE. An embedded mail server and a conversation you can watch."""

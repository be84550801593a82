"""A stand-in of Trello's REST API 1."""

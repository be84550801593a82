"""A stand-in of Asana's REST API 1.0."""

"""A stand-in of Slack's Web API: the few methods that post messages and read them back."""

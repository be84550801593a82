"""A stand-in of the Google Analytics Data API v1beta."""

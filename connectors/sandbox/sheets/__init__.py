"""A stand-in of the Google Sheets API v4."""

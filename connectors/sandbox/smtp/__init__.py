"""A stand-in of a mail server: real SMTP on loopback, by aiosmtpd."""

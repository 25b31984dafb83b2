"""E-mails: their texts, sending each once, and what became of them.

A *message* is one e-mail to one person, made from a template and kept under a key that makes it
unique; a job sends it, again and again until it leaves or is given up.
"""

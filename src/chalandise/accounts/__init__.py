"""People and how they sign in.

A *user* is a person known by an e-mail address; there is no password. Codes by e-mail, passkeys
and one-time passwords are `django-allauth`'s work.
"""

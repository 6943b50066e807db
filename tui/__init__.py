"""How it is used: the app, its screens, its commands and the command line."""

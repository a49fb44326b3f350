"""The web page: the built files, and a way through to the services, under one origin."""

"""What goes over the wire: marshmallow schemas of every reply and request, which /openapi.json is made from."""

"""The connection to a Docker engine: containers, images, leases."""

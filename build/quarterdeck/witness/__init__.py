"""Who notices that a step failed in silence: each witness looks at one thing that an exit status does not show."""

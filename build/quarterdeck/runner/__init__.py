"""An outcome: demos run on a stage and are judged. Where `live/` and `check/` meet."""

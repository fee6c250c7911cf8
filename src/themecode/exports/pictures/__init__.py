"""Pictures for a report: heat map, network, saturation curve, prevalence bars, timeline.

Each is made from a data frame, at the size it is printed, in colours that tell apart for everyone
and in grey, with an alt text written from its numbers. The same figures give the same bytes.
"""

from themecode.exports.pictures.drawing import Picture, save_picture

__all__ = ["Picture", "save_picture"]

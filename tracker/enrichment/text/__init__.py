"""What text from outside is made into before it is kept or shown."""

from tracker.enrichment.text.clean import WORD_JOINER, clean_text, visible_text, without_links

__all__ = ["WORD_JOINER", "clean_text", "visible_text", "without_links"]

/**
 * Characters that are invisible or reorder the text around them: controls, format characters (bidi overrides,
 * zero-width joiners, tags), line and paragraph separators, lone surrogates, default-ignorable fillers.
 * @see Unicode TR36 "Unicode Security Considerations", §2.4 and §3
 */
const deceptive = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

function picture(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

/**
 * The text with every deceptive character replaced by something to be seen: `⟨U+000A⟩` for a line feed,
 * `⟨U+202E⟩` for a right-to-left override. Nothing is dropped, so two names that differ still look different.
 */
export function visibleText(text: string): string {
  return text.replace(deceptive, picture);
}

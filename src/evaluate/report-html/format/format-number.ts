/** Narrow no-break space: between thousands, and between a number and its unit. */
const thin = '\u202f';

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

function power(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => superscripts[Number(digit)]).join('');
  return exponent < 0 ? `⁻${digits}` : digits;
}

/** Decimal text as people write it: a real minus sign, thousands set apart by a thin space. */
function typeset(decimal: string): string {
  const [whole, fraction] = decimal.split('.');
  const grouped = whole.replace('-', '−').replace(/\B(?=(\d{3})+$)/g, thin);
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** Fixed decimals; a value that rounds to zero carries no minus sign. */
export function formatFixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return formatNumber(value);
  // Beyond this decimals tell nothing, and digits after the 15th are not the number's own.
  if (Math.abs(value) >= (decimals > 0 ? 1e6 : 1e15)) return formatNumber(value);
  const text = value.toFixed(decimals);
  return typeset(Number(text) === 0 ? text.replace('-', '') : text);
}

/**
 * Three significant digits: `0.0123`, `4.56`, `12 345`, `1.23×10⁻⁵`. From a thousand on all digits before the point
 * stand, up to a million; NaN is `–`.
 */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) {
    const [mantissa, exponent] = value.toExponential(2).split('e');
    return `${typeset(mantissa)}×10${power(Number(exponent))}`;
  }
  const text = value.toPrecision(3);
  return typeset(text.includes('e') || size >= 1000 ? value.toFixed(0) : text);
}

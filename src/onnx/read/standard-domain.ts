/** `ai.onnx` is another spelling of the standard domain. */
export function standardDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

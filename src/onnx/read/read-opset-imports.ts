import type { OperatorSetIdProto } from '../proto/onnx_pb.ts';
import { standardDomain } from './standard-domain.ts';
import { versionNumber } from './version-number.ts';

/** Operator set versions by domain; of equal domains the last wins. */
export function readOpsetImports(
  protos: readonly OperatorSetIdProto[],
  sourceName: string,
): Map<string, number> {
  return new Map(
    protos.map(({ domain, version }) => [standardDomain(domain), versionNumber(version, sourceName)]),
  );
}

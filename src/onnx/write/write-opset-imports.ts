import { create } from '@bufbuild/protobuf';
import { type OperatorSetIdProto, OperatorSetIdProtoSchema } from '../proto/onnx_pb.ts';

/** Operator set imports, one a domain. */
export function writeOpsetImports(imports: ReadonlyMap<string, number>): OperatorSetIdProto[] {
  return [...imports].map(([domain, version]) =>
    create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }),
  );
}

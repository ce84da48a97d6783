import { cloneGraph } from './clone-graph.ts';
import { Model } from './ir/model.ts';

/**
 * A model of its own nodes and values; the lazy tensors are shared, so the original must stay open. Functions are
 * shared too: passes do not change them.
 */
export function cloneModel(model: Model): Model {
  const copy = new Model(cloneGraph(model.graph));
  copy.irVersion = model.irVersion;
  copy.producerName = model.producerName;
  copy.producerVersion = model.producerVersion;
  copy.domain = model.domain;
  copy.modelVersion = model.modelVersion;
  copy.docString = model.docString;
  copy.foreign = model.foreign;
  copy.functions = [...model.functions];
  for (const [key, value] of model.metadata) copy.metadata.set(key, value);
  for (const [domain, version] of model.opsetImports) copy.opsetImports.set(domain, version);
  return copy;
}

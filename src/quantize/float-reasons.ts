/** Why a layer is left in float where measurement says so. Written to locks: what was chosen so once stays known as such. */
export const FASTER_IN_FLOAT = 'faster in float here';

export const augmentations = {} as const;

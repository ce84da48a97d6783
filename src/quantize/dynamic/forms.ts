import type { DynamicForm } from '../../ops/op.ts';
import type { Form } from './form.ts';
import { attention } from './forms/attention.ts';
import { product } from './forms/product.ts';
import { recurrence } from './forms/recurrence.ts';

/** By the name the operators' records give. */
export const forms: Readonly<Record<DynamicForm, Form>> = { attention, product, recurrence };

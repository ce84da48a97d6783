// A typedoc plugin. Options are described once, in the `.meta({ description })` or `.describe()` of their zod schema, from
// which the command line's help comes as well; here the same texts become the comments of the options' types.
import { Comment, Converter } from 'typedoc';
import ts from 'typescript';

export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
    if (reflection.hasComment()) return;
    const [declaration] = context.getSymbolFromReflection(reflection)?.declarations ?? [];
    if (!declaration || !ts.isPropertyAssignment(declaration)) return;
    const text = descriptionIn(declaration.initializer);
    if (text) reflection.comment = new Comment([{ kind: 'text', text: `${capitalized(text)}.` }]);
  });
}

/** The description nearest to the outside of a schema's expression; parts of a template that are no text are left out. */
function descriptionIn(expression) {
  if (!ts.isCallExpression(expression)) return undefined;
  const callee = expression.expression;
  if (!ts.isPropertyAccessExpression(callee)) return undefined;
  const [argument] = expression.arguments;
  if (callee.name.text === 'describe' && argument) return textOf(argument);
  if (callee.name.text === 'meta' && argument && ts.isObjectLiteralExpression(argument)) {
    const entry = argument.properties.find((property) => property.name?.getText() === 'description');
    return entry && textOf(entry.initializer);
  }
  return descriptionIn(callee.expression);
}

function textOf(node) {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
  return undefined;
}

function capitalized(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

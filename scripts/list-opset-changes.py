"""Prints what may break when a node of one operator set is read as a newer one: the raw material of
src/ops/breaking-changes.ts. Needs `pip install onnx`; not needed to build, test or use pare."""
import onnx, onnx.defs, collections, json
S=collections.defaultdict(list)
for s in onnx.defs.get_all_schemas_with_history():
    if s.domain=='' : S[s.name].append(s)
def io(p): return (p.name, str(p.option).split('.')[-1], p.is_homogeneous, p.min_arity)
def types(s,p):
    tc={t.type_param_str:set(t.allowed_type_strs) for t in s.type_constraints}
    return tc.get(p.type_str, {p.type_str})
print(onnx.__version__, onnx.defs.onnx_opset_version())
for n,ss in sorted(S.items()):
    ss.sort(key=lambda s:s.since_version)
    for a,b in zip(ss,ss[1:]):
        d=[]
        if b.deprecated: d.append('DEPRECATED')
        else:
            for k in a.attributes:
                if k not in b.attributes: d.append(f'-attr {k}')
                else:
                    x,y=a.attributes[k],b.attributes[k]
                    if str(x.default_value)!=str(y.default_value): d.append(f'default {k}: {onnx.helper.get_attribute_value(x.default_value) if x.default_value.name else None} -> {onnx.helper.get_attribute_value(y.default_value) if y.default_value.name else None}')
                    if not x.required and y.required: d.append(f'now required {k}')
                    if x.type!=y.type: d.append(f'type {k}')
            for k in b.attributes:
                if k not in a.attributes:
                    y=b.attributes[k]
                    d.append(f'+attr {k}'+(' REQUIRED' if y.required else f'={onnx.helper.get_attribute_value(y.default_value) if y.default_value.name else None}'))
            for what in ('inputs','outputs'):
                p,q=getattr(a,what),getattr(b,what)
                for i in range(max(len(p),len(q))):
                    if i>=len(p): d.append(f'+{what[:-1]} {i} {q[i].name} {str(q[i].option).split(".")[-1]}')
                    elif i>=len(q): d.append(f'-{what[:-1]} {i} {p[i].name}')
                    else:
                        if p[i].name!=q[i].name: d.append(f'{what[:-1]} {i} {p[i].name}->{q[i].name}')
                        if str(p[i].option)!=str(q[i].option): d.append(f'{what[:-1]} {i} {p[i].name} {str(p[i].option).split(".")[-1]}->{str(q[i].option).split(".")[-1]}')
                        lost=types(a,p[i])-types(b,q[i])
                        if lost: d.append(f'{what[:-1]} {i} {q[i].name} loses {sorted(lost)[:3]}')
        if d: print(n,a.since_version,'->',b.since_version,':','; '.join(d))

// A signature by finger or mouse, kept as strokes, so that a print draws it sharp at any size.
import SignaturePad from 'signature_pad';
import { useEffect, useRef } from 'preact/hooks';
import { isEmpty } from '../checks.js';
import { configOf, described, Frame, frameOf, usePage } from './frame.jsx';

const HEIGHT = 180;

export function Signature(props) {
  const { value, onChange, readonly, disabled, domId, errors, field } = props;
  const { say } = usePage();
  const canvas = useRef(null);
  const pad = useRef(null);
  const change = useRef(onChange);
  change.current = onChange;

  useEffect(() => {
    const made = new SignaturePad(canvas.current, { minWidth: 0.8, maxWidth: 2.4, minDistance: 3 });
    pad.current = made;
    fit(canvas.current, made, value);
    made.addEventListener('endStroke', () => change.current({ value: strokesOf(made, canvas.current) }));
    const resized = () => fit(canvas.current, made, strokesOf(made, canvas.current));
    window.addEventListener('resize', resized);
    return () => { made.off(); window.removeEventListener('resize', resized); };
  }, []);
  useEffect(() => { if (readonly || disabled) pad.current.off(); else pad.current.on(); }, [readonly, disabled]);

  const clear = () => { pad.current.clear(); onChange({ value: null }); };
  const signed = !isEmpty(value, 'signature');
  return (
    <Frame {...frameOf(props)} group kind="ff-signature">
      <canvas ref={canvas} class="ff-pad" role="img" aria-label={`${field.label}：${say(signed ? '已签名' : '未签名')}`} aria-describedby={described(domId, errors, field.description)} />
      <div class="ff-under">
        <span class="ff-description">{say(signed ? '已签名' : '请在框内签名')}</span>
        {!readonly && !disabled && signed && <button type="button" onClick={clear}>{say('重签')}</button>}
      </div>
    </Frame>
  );
}
Signature.config = configOf('signature', '签名');

function strokesOf(pad, canvas) {
  const groups = pad.toData().filter(({ points }) => points.length);
  if (!groups.length) return null;
  const start = groups[0].points[0].time;
  const round = (number) => Math.round(number * 10) / 10;
  const strokes = groups.map(({ points }) => points.map(({ x, y, time }) => [round(x), round(y), Math.max(0, Math.round(time - start))]));
  return { width: Math.round(canvas.clientWidth), height: Math.round(canvas.clientHeight), strokes };
}

// The canvas has the screen's own pixels; strokes drawn at another width are scaled to this one.
function fit(canvas, pad, value) {
  const ratio = Math.max(window.devicePixelRatio || 1, 1);
  const width = canvas.clientWidth || 320;
  canvas.width = width * ratio;
  canvas.height = HEIGHT * ratio;
  canvas.getContext('2d').scale(ratio, ratio);
  pad.clear();
  if (isEmpty(value, 'signature')) return;
  const scale = Math.min(width / value.width, HEIGHT / value.height);
  pad.fromData(value.strokes.map((stroke) => ({ ...pad.toData()[0], penColor: '#1b1f24', dotSize: 0, minWidth: 0.8, maxWidth: 2.4, velocityFilterWeight: 0.7, compositeOperation: 'source-over',
    points: stroke.map(([x, y, time]) => ({ x: x * scale, y: y * scale, time, pressure: 0.5 })) })));
}

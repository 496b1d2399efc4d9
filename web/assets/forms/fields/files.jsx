// Files and photographs: uploaded at once, kept by hash; the answer holds only what they are.
import { useRef, useState } from 'preact/hooks';
import { configOf, described, Frame, frameOf, usePage } from './frame.jsx';

const ACCEPTED = 'image/jpeg,image/png,application/pdf';

export function Files(props) {
  const { field, onChange, readonly, disabled, domId, errors } = props;
  const { say, upload, addressOf } = usePage();
  const files = Array.isArray(props.value) ? props.value : [];
  const [waiting, setWaiting] = useState([]);
  const [failed, setFailed] = useState(null);
  const kept = useRef(files);
  kept.current = files;

  const take = async ({ target }) => {
    const chosen = [...target.files].slice(0, Math.max(0, (field.maximum ?? 20) - files.length));
    target.value = '';
    setFailed(null);
    setWaiting(chosen.map(({ name }) => name));
    for (const file of chosen) {
      try {
        const stored = await upload(file);
        kept.current = [...kept.current.filter(({ sha256 }) => sha256 !== stored.sha256), stored];
        onChange({ value: kept.current });
      } catch (error) {
        setFailed(`${file.name}：${error.message || say('上传失败')}`);
      }
    }
    setWaiting([]);
  };
  const shut = readonly || disabled;
  const input = (id, label, attributes) => (
    <label class="ff-button" for={id}>{label}<input id={id} class="ff-hidden" type="file" onChange={take} aria-describedby={described(domId, errors, field.description)} {...attributes} /></label>
  );
  return (
    <Frame {...frameOf(props)} errors={failed ? [...errors, failed] : errors} group kind="ff-files">
      {files.length > 0 && (
        <ul>
          {files.map((file) => (
            <li key={file.sha256}>
              <a href={addressOf(file)} target="_blank" rel="noopener">{file.name}</a> <span class="ff-description">{showSize(file.size)}</span>
              {!shut && <button type="button" class="ff-link" aria-label={`${say('删除')} ${file.name}`} onClick={() => onChange({ value: files.filter(({ sha256 }) => sha256 !== file.sha256) })}>{say('删除')}</button>}
            </li>
          ))}
        </ul>
      )}
      {!shut && (
        <div class="ff-under">
          {input(`${domId}-file`, say('选择文件'), { accept: field.accept ?? ACCEPTED, multiple: true })}
          {input(`${domId}-photo`, say('拍照'), { accept: 'image/*', capture: 'environment' })}
        </div>
      )}
      <p role="status" class="ff-description">{waiting.length ? `${say('上传中')}：${waiting.join('、')}` : ''}</p>
    </Frame>
  );
}
Files.config = configOf('files', '附件', []);

function showSize(bytes) {
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1000))} KB`;
}

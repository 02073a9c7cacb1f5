import { render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { Markdown } from './Markdown';
import { SafeLink } from './SafeLink';

it('a remote picture is only a link that shows its host', () => {
  const { container } = render(<Markdown text="![secret](https://evil.example/x.png?leak=1)" />);
  expect(container.querySelector('img')).toBeNull();
  expect(screen.getByText('(evil.example)')).toBeTruthy();
});

it('a link shows its host, and one that is no web page is only text', () => {
  const { container } = render(
    <Markdown text="[bank](https://evil.example/) and [run](javascript:alert(1))" />,
  );
  const links = [...container.querySelectorAll('a')].map((link) => link.getAttribute('href'));
  expect(links).toEqual(['https://evil.example/']);
  expect(container.textContent).toContain('bank(evil.example)');
  expect(container.textContent).toContain('run');
});

it('a text that only contains the host does not hide where its link leads', () => {
  for (const text of [
    'https://evil.example.bank.test',
    'evil.example/@bank.test is it',
    'bank.test@evil.example',
  ]) {
    const { container, unmount } = render(<SafeLink href="https://evil.example/x">{text}</SafeLink>);
    expect(container.textContent).toBe(`${text}(evil.example)`);
    unmount();
  }
  for (const text of ['https://evil.example/other', 'evil.example', 'HTTPS://Evil.Example?q']) {
    const { container, unmount } = render(<SafeLink href="https://evil.example/x">{text}</SafeLink>);
    expect(container.textContent).toBe(text);
    unmount();
  }
});

it('raw HTML does not become elements that act', () => {
  const { container } = render(
    <Markdown
      text={'<script>alert(1)</script><iframe src="https://x.example"></iframe><b onclick="x()">bold</b>'}
    />,
  );
  expect(container.querySelector('script, iframe, [onclick]')).toBeNull();
});

it('a code block has a button to copy it', () => {
  const { container } = render(<Markdown text={'```rust\nfn main() {}\n```'} />);
  expect(screen.getByLabelText('Copy code')).toBeTruthy();
  expect(container.querySelector('pre')?.textContent).toContain('fn main() {}');
});

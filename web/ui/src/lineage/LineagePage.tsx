export default function LineagePage() {
  return null;
}

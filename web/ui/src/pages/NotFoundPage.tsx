import { Link, useLocation } from "react-router";

import { useTitle } from "../title";

export function NotFoundPage() {
  useTitle("Not found");
  const { pathname } = useLocation();
  return (
    <section className="failed">
      <h1>There is no such page</h1>
      <p>
        Nothing is at <code>{pathname}</code>.
      </p>
      <p className="actions">
        <Link to="/">Home</Link>
        <Link to="/search">Search</Link>
      </p>
    </section>
  );
}

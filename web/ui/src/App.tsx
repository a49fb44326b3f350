import { lazy, Suspense } from "react";
import { Route, Routes } from "react-router";

import { Boundary } from "./components/Boundary";
import { Shell } from "./components/Shell";
import { Loading } from "./components/States";
import { HomePage } from "./pages/home/HomePage";
import { NotFoundPage } from "./pages/NotFoundPage";
import { SearchPage } from "./pages/search/SearchPage";

// What the first page does not need is fetched when it is asked for; the explorer brings a drawing library.
const TablePage = lazy(() => import("./pages/table/TablePage"));
const DashboardPage = lazy(() => import("./pages/DashboardPage"));
const FeaturePage = lazy(() => import("./pages/FeaturePage"));
const ModelPage = lazy(() => import("./pages/model/ModelPage"));
const ExperimentPage = lazy(() => import("./pages/experiment/ExperimentPage"));
const RunPage = lazy(() => import("./pages/experiment/RunPage"));
const PersonPage = lazy(() => import("./pages/PersonPage"));
const LabelsPage = lazy(() => import("./pages/LabelsPage"));
const SyncPage = lazy(() => import("./pages/SyncPage"));
const IngestPage = lazy(() => import("./pages/ingest/IngestPage"));
const IngestRunPage = lazy(() => import("./pages/ingest/IngestRunPage"));
const LineagePage = lazy(() => import("./lineage/LineagePage"));

export function App() {
  return (
    <Shell>
      <Boundary>
        <Suspense fallback={<Loading what="the page" />}>
          <Routes>
            <Route path="/" element={<HomePage />} />
            <Route path="/search" element={<SearchPage />} />
            <Route path="/table/*" element={<TablePage />} />
            <Route path="/dashboard/*" element={<DashboardPage />} />
            <Route path="/feature/*" element={<FeaturePage />} />
            <Route path="/model/*" element={<ModelPage />} />
            <Route path="/experiment/*" element={<ExperimentPage />} />
            <Route path="/run/*" element={<RunPage />} />
            <Route path="/person/*" element={<PersonPage />} />
            <Route path="/labels" element={<LabelsPage />} />
            <Route path="/lineage/:kind/*" element={<LineagePage />} />
            <Route path="/ingest" element={<IngestPage />} />
            <Route path="/ingest/:run" element={<IngestRunPage />} />
            <Route path="/sync" element={<SyncPage />} />
            <Route path="*" element={<NotFoundPage />} />
          </Routes>
        </Suspense>
      </Boundary>
    </Shell>
  );
}

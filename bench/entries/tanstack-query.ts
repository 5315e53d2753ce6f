export { QueryClient, QueryClientProvider, useMutation, useQuery } from "@tanstack/react-query";

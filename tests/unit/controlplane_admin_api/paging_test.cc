#include "controlplane/admin_api/paging.h"

#include <gmock/gmock.h>

namespace llmgw::controlplane::admin_api {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string Cut(uint32_t size, const std::string& token, std::vector<std::string>* items) {
  admin::v1::Page page;
  page.set_page_size(size);
  page.set_page_token(token);
  return CutPage(
      page, items, [](const std::string& item) -> auto& { return item; });
}

TEST(Paging, PagesAreSortedAndJoinWithoutGapOrRepetition) {
  std::vector<std::string> first = {"c", "b", "e", "a", "d"};
  std::string token = Cut(2, "", &first);
  EXPECT_THAT(first, ElementsAre("a", "b"));
  std::vector<std::string> second = {"c", "b", "e", "a", "d"};
  token = Cut(2, token, &second);
  EXPECT_THAT(second, ElementsAre("c", "d"));
  std::vector<std::string> third = {"c", "b", "e", "a", "d"};
  token = Cut(2, token, &third);
  EXPECT_THAT(third, ElementsAre("e"));
  EXPECT_EQ(token, "");
}

TEST(Paging, PageThatEndsExactlyIsTheLast) {
  std::vector<std::string> items = {"b", "a"};
  EXPECT_EQ(Cut(2, "", &items), "");
  EXPECT_THAT(items, ElementsAre("a", "b"));
}

TEST(Paging, AnEntryThatWentMeanwhileDoesNotDisturb) {
  std::vector<std::string> items = {"d", "a"};  // "b" was the token and is gone
  EXPECT_EQ(Cut(2, "b", &items), "");
  EXPECT_THAT(items, ElementsAre("d"));
  EXPECT_EQ(Cut(2, "z", &items), "");
  EXPECT_THAT(items, IsEmpty());
}

TEST(Paging, SizeHasADefaultAndAMost) {
  admin::v1::Page page;
  EXPECT_EQ(PageSize(page), 100u);
  page.set_page_size(5000);
  EXPECT_EQ(PageSize(page), 1000u);
  page.set_page_size(7);
  EXPECT_EQ(PageSize(page), 7u);
}

}  // namespace
}  // namespace llmgw::controlplane::admin_api

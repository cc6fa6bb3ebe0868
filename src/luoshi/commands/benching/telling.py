"""Invented words of citizens: places, things and what is wrong with them, told so that the texts of a town differ.

A town of a million findings has some thousand names of places that each stand in few of them, some hundred things and
some ten ways of telling. Four in a hundred tell of what another told before, in other words.
"""

from dataclasses import dataclass
from random import Random

from luoshi.commands.benching.town import VILLAGES

_FAMILIES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_FIRST = "福瑞祥和兴隆永安泰康金玉宝华春秋文武明德仁义长青松柏云龙凤山水石铁铜银虎梅兰竹菊荷莲"
_SECOND = "源盛达顺发旺丰昌茂林辉煌腾飞鸿运宏图鑫森淼磊晶品众杰英俊才学诚信远大新恒久"
_SPOTS = [
    "塘",
    "坳",
    "坎",
    "冲",
    "坡",
    "屋场",
    "院子",
    "老井",
    "水库",
    "拱桥",
    "祠堂",
    "晒场",
    "渡口",
    "岭",
    "沟",
    "湾",
    "窑",
    "磨坊",
    "桥头",
    "碾子",
]
_SITES = [
    "养殖场",
    "饭店",
    "超市",
    "砖厂",
    "诊所",
    "幼儿园",
    "加油站",
    "合作社",
    "驾校",
    "木材厂",
    "家具厂",
    "采石场",
    "茶厂",
    "农庄",
]
_WAYS = ["路", "巷", "街", "大道"]

THINGS = {
    "路": ["水泥路", "机耕路", "村道", "人行道", "桥面", "护坡", "路肩", "台阶", "下坡弯道", "涵洞"],
    "灯": ["路灯", "广场灯", "监控探头", "广播喇叭", "红绿灯"],
    "水": ["自来水", "深井泵", "蓄水池", "水渠", "排水沟", "下水管道", "污水井", "泄洪沟", "抽水站", "灌溉管道"],
    "电": ["变压器", "电线杆", "低压线路", "配电箱", "光伏板", "充电桩"],
    "脏": ["垃圾池", "公厕", "化粪池", "河道", "鱼塘", "秸秆堆", "鸡粪", "猪场粪水", "建筑垃圾", "废弃农药瓶"],
    "钱": [
        "低保金",
        "高龄津贴",
        "残疾补贴",
        "种粮补贴",
        "退耕还林款",
        "征地补偿款",
        "务工工资",
        "危房改造款",
        "医保报销",
        "土地流转租金",
    ],
    "地": ["宅基地", "承包地", "自留山", "林权证", "坟地", "院墙", "滴水檐", "田埂", "菜地", "老宅"],
    "事": [
        "户口迁移",
        "准生证",
        "营业执照",
        "残疾鉴定",
        "贫困证明",
        "医保缴费",
        "身份证照相",
        "不动产登记",
        "养老认证",
        "新农合退费",
    ],
}
_FAULTS = {
    "路": ["塌了一截", "被大货车压坏", "坑坑洼洼", "雨后积水过膝", "裂了一条大缝", "没有护栏", "修了一半停工"],
    "灯": ["坏了没人修", "整夜不亮", "亮得忽明忽暗", "白天也亮着", "被风刮倒", "线头露在外面"],
    "水": ["断断续续", "堵得往外冒", "水质发黄有味", "漏了好几处", "枯水期没有水", "被人截断", "坏了没人管"],
    "电": ["老是跳闸", "离屋檐太近", "歪得快要倒", "电压不够用", "冒火花", "夏天嗡嗡响得睡不着"],
    "脏": ["臭得开不了窗", "长期没人清", "往河里排", "堆得占了半边道", "招来很多苍蝇老鼠", "天热更难闻"],
    "钱": ["迟迟没有到账", "算少了", "名单里漏了我家", "只发了一半", "不知道标准", "停发了没有说明"],
    "地": ["被邻居占了", "界址说不清", "没有量准就登记了", "批文一直没有下来", "被施工队挖掉", "两家争了多年"],
    "事": ["跑了三趟没有办成", "材料交了又要补", "窗口说法前后不一", "系统里查不到", "排队半天没人理", "收了复印费"],
}
_OPEN = (
    "我们",
    "我是本地人，",
    "您好，想反映一下，",
    "书记好，",
    "代家里老人问一句，",
    "路过看到，",
    "上次打过电话没有下文，",
)
_MORE = (
    "老人走夜路摔过{n}回",
    "影响{n}十多户人家",
    "从{m}月份起就这样",
    "孩子上学每天要绕{n}里路",
    "离学校不到{n}0米",
    "找过村干部{n}次",
    "大概有{n}0米长",
    "前后已经{n}个月了",
    "家里{n}口人都靠它",
    "一下雨就更厉害",
    "隔壁组去年就修好了",
    "施工的人说钱没有到位",
    "算下来少了{n}{m}0元",
    "门牌是{m}{n}号",
)
_WISH = (
    "请派人来看看",
    "希望给个准信",
    "盼早点解决",
    "请问归哪个部门管",
    "麻烦尽快处理",
    "能不能公开一下标准",
    "不行我们自己凑钱修也要有人牵头",
)
_KEPT = 4000


@dataclass(frozen=True)
class Event:
    """What happened somewhere; told by one or by many."""

    village: str
    group: int
    spot: str
    thing: str
    fault: str


class Teller:
    """Tells of events, now and then of one that was told before. The same random numbers tell the same."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.told: list[Event] = []

    def event(self) -> tuple[Event, bool]:
        """What is told next, and whether somebody told of it before."""
        if self.told and self.random.random() < 0.04:
            return self.random.choice(self.told), True
        made = self._made()
        if len(self.told) < _KEPT:
            self.told.append(made)
        else:
            self.told[self.random.randrange(_KEPT)] = made
        return made, False

    def _made(self) -> Event:
        pick = self.random.choice
        kind = self.random.random()
        if kind < 0.5:
            spot = f"{pick(_FAMILIES)}家{pick(_SPOTS)}"
        elif kind < 0.8:
            spot = f"{pick(_FIRST)}{pick(_SECOND)}{pick(_SITES)}"
        else:
            spot = f"{pick(_FIRST)}{pick(_FIRST)}{pick(_WAYS)}"
        sort = pick(list(THINGS))
        return Event(pick(VILLAGES), self.random.randint(1, 12), spot, pick(THINGS[sort]), pick(_FAULTS[sort]))

    def tell(self, event: Event) -> tuple[str, str, str]:
        """Title, words and place. The title is the first sentence of the words, or one of its own."""
        pick, number = self.random.choice, self.random.randint
        where = f"{event.village}{event.group}组" if self.random.random() < 0.6 else event.village
        beside = pick(("旁边", "门口", "对面", "后头", "往里走"))
        first = pick(
            (
                f"{where}{event.spot}{beside}的{event.thing}{event.fault}",
                f"{event.thing}{event.fault}，在{where}{event.spot}{beside}",
                f"{event.spot}那里{event.thing}{event.fault}",
            )
        )
        more = [one.format(n=number(2, 9), m=number(2, 12)) for one in self.random.sample(_MORE, number(1, 4))]
        words = f"{pick(_OPEN)}{first}。{'，'.join(more)}。{pick(_WISH)}。"
        title = first if self.random.random() < 0.7 else f"{event.village}{event.thing}{event.fault}"
        return title, words, f"{where}{event.spot}" if self.random.random() < 0.7 else ""

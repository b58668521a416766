#!/usr/bin/python3
"""`make demo`: one week of a certificate authority, told in Chinese, on real servers. Everything stays in build/demo/."""
import os
import shutil
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), 'flow')]
from lib import junk, place, story, world as worlds  # noqa: E402
from lib.instance import NUMBERS, count  # noqa: E402
from lib.process import wait_for  # noqa: E402
from lib.week import Week  # noqa: E402
from lib.world import World  # noqa: E402

HOME = os.path.join(place.ROOT, 'build', 'demo')
WORDS = dict(booked='已记账', rejected='被拒', returned='已退汇', unknown='结果未知', accepted='银行已受理', sending='发送中', planned='待发',
             settled='已入账', review='待审核', explained='无需处理', own_transfer='我方打款', pending='待匹配')
_began = time.monotonic()


def say(text=''):
    print(text, flush=True)


def title(text):
    say(f'\n── {text} ' + '─' * max(2, 60 - 2 * len(text)) + f' {time.monotonic() - _began:4.0f} 秒')


def local(path):
    return os.path.relpath(path, place.ROOT)


def words(states):
    return '，'.join(f'{WORDS.get(state, state)} {n} 笔' for state, n in states.items())


def quote(text, lines=40):
    for line in text.rstrip().splitlines()[:lines]:
        say('    │ ' + line)


class Demo:
    def __init__(self):
        shutil.rmtree(HOME, ignore_errors=True)
        os.makedirs(HOME)
        self.world = World(HOME)
        self.yifen, self.week = self.world.yifen, Week(self.world)
        self.plan = self.week.plan

    def open(self):
        title('开张')
        say(f'回环地址上有一台真的 SFTP 服务器（OpenSSH，端口 {self.world.sshd.port}）、一台真的邮件服务器（端口 {self.world.smtp.port}），')
        say('还有一家会出错的银行。壹分有三个账户：工行（付款；流水由财务放进共享文件夹）、农行（只收款）、招行（付款；流水走 SFTP）。')
        for rule in self.plan.rules():
            self.world.misbehave(**rule)
        self.world.open_bank()
        self.yifen.start()
        say(f'现在是 {self.world.bank.clock.now():%Y-%m-%d %H:%M}（星期一），yifend 已启动。')

    def orders(self):
        title('业务单进来')
        by_file, answers = self.week.orders_in()
        say(f'营业厅用文件导入 {by_file} 张业务单，通过接口提交 {sum(answers.values())} 张；其中网上已付款 {len(self.plan.online)} 张，其余对公汇款。')

    def transfers(self):
        title('一分钱打款')
        states = self.week.wait_transfers(('accepted', 'booked', 'rejected', 'returned', 'unknown', 'sending'))
        self.week.quiet()
        wait_for(lambda: self.yifen.transfer_states().get('rejected') == 2, 'both refusals')
        states = self.yifen.transfer_states()
        say(f'每张网上已付款的单打一笔 0.01 元，附言带六位编码：{words(states)}。')
        say(f"  {self.plan.refused['applicant']['name']}：银行说户名不符，要申请人改账户。")
        say(f"  {self.plan.poor['applicant']['name']}：银行说我方余额不足，不算申请人的一次，由我们处理。")
        say(f"  {self.plan.silent['applicant']['name']}、{self.plan.mute['applicant']['name']}：银行没有回音，不猜，也不重发。")
        say('  发给银行的报文（pain.001）：')
        for name in sorted(os.listdir(self.world.bank.path('taken'))):
            say('    ' + local(self.world.bank.path('taken', name)))

    def codes(self):
        title('申请人报编码')
        right = [self.week.confirm(order, self.world.code(order), http=place % 2 == 0) for place, order in enumerate(self.plan.right)]
        say(f'{len(right)} 家看到到账附言，报对编码。')
        clumsy = self.plan.clumsy
        first = self.week.confirm(clumsy, self.week.wrong(clumsy))
        second = self.week.confirm(clumsy, self.world.code(clumsy))
        say(f"  {clumsy['applicant']['name']}：先报错一次（{self._result(first)}，还剩 {first.get('tries_left')} 次），再报对（{self._result(second)}）。")
        guesser = self.plan.guesser
        last = [self.week.confirm(guesser, self.week.wrong(guesser)) for _ in range(3)][-1]
        say(f"  {guesser['applicant']['name']}：连错三次，{self._result(last)}；之后报对的也不算："
            f"{self._result(self.week.confirm(guesser, self.world.code(guesser)))}。")
        say(f"  {self.plan.asleep['applicant']['name']}：还没有来报。")

    @staticmethod
    def _result(answer):
        return {'verified': '认证成功', 'wrong': '编码不对', 'locked': '已锁定', 'expired': '已过期', 'not_due': '现在不能报',
                'malformed': '不是六位数字'}.get(answer.get('result'), answer.get('result'))

    def day(self, number):
        n = story.pay(self.world, self.plan, number)
        if number == 0:
            self.world.bank.wire(NUMBERS['abc'], 888800, '深圳市无名来客商贸有限公司', '4999888877776666', '货款')
            self.world.bank.wire(NUMBERS['abc'], 1234, remark='结息', kind='interest')
            self.world.bank.wire(NUMBERS['cmb'], -2300000, '工资代发', '755900000000001', '代发工资', kind='salary')
        if number == 1:
            self.week.late_order()
        day, written = self.week.evening()
        title(f'{day:%m 月 %d 日} 日终')
        say(f'申请单位汇来 {n} 笔。招行流水由 SFTP 取回，财务把工行、农行的流水文件放进共享文件夹：')
        for path in written:
            say('    ' + local(path))
        found = count(row['disposition'] for row in self.yifen.entries())
        say(f'到此为止的流水行：{words(found)}。')
        if number == 0:
            say('财务拿回的结果文件，每行写明去向：')
            with open(self.week.results()[0], encoding='utf-8-sig') as file:
                quote(file.read(), 5)

    def junk(self):
        title('不该收的文件')
        dropped = junk.drop_all(self.world)
        for name, path in zip(dropped, self.week.wait_results(dropped)):
            with open(path, encoding='utf-8-sig') as file:
                say(f'  {name}：{file.read().strip()}')
        say('每个都整份拒收、原件留存、说明原因。')

    def second_chance(self):
        title('再来一轮')
        words_ = self.week.second_chance()
        say(f"{self.plan.refused['applicant']['name']} 换了账户，{self.plan.guesser['applicant']['name']} 申请重新打款：各收到新的编码，旧编码作废；")
        say('  报来新编码：' + '，'.join(self._result(dict(result=word)) for word in words_) + '。')

    def bounce(self):
        title('退汇')
        rows = [row for row in self.yifen.transfers() if row['order_no'] == self.plan.bounced['order_no']]
        say('一笔已记账的一分钱两天后被退回。指令、银行答复、我方流水三方对照：')
        quote(self.yifen.must('transfer', 'show', rows[0]['reference']))

    def again(self):
        title('同一份流水再来一次')
        before = len(self.yifen.entries())
        result = self.week.whole_week()
        say(f'财务又下载了农行整周的流水（与每天的重叠）：流水行 {before} → {len(self.yifen.entries())}，没有多出来。结果文件：')
        say('    ' + local(result))

    def review(self):
        title('审核员处理')
        cases = self.yifen.objects('case', 'list')
        say('自动入账的都有把握；没有把握的交给人，连同理由：')
        lines = self.yifen.must('case', 'list').splitlines()
        quote('\n'.join(line for line in lines if '业务单待审核' not in line))
        odd = next(case for case in cases if case['reason'] == 'ambiguous')
        say('比如这一件，系统看了什么、为什么不选：')
        quote(self.yifen.must('case', 'show', str(odd['id'])))
        ready = [case for case in cases if case['reason'] == 'application']
        for case in ready[:-1]:
            self.yifen.must('case', 'accept', str(case['id']))
        if ready:
            self.yifen.must('case', 'send-back', str(ready[-1]['id']), '--reason', '营业执照扫描件不清楚，请重新上传')
        say(f'普通审核 {len(ready)} 件：成功受理 {len(ready) - 1} 件，退回修改 1 件。')
        self._settle(cases)

    def _settle(self, cases):
        boss = self.plan.wires[26]
        third = next((case for case in cases if case['reason'] == 'third_party' and boss['order_no'] in str(case)), None)
        if third:
            amount = boss['payment']['amount']
            self.yifen.must('case', 'settle', str(third['id']), f"{boss['order_no']}={amount}")
            say(f"{boss['applicant']['name']} 由个人代付 {amount} 元：审核员确认后入账；代付不证明账户，还要走一分钱认证。")
        say(f"付款账户余额已补足，关闭“银行拒绝付款”一案：{self.plan.poor['applicant']['name']} 随即收到一分钱，"
            f'{self._result(dict(result=self.week.mend()))}。')
        stranger = next((case for case in cases if case['reason'] == 'unknown_payer'), None)
        if stranger:
            self.yifen.must('case', 'close', str(stranger['id']), '--reason', '与证书业务无关，已转财务')
            say('来历不明的一笔货款：与证书无关，关闭。')

    def report(self):
        title('日报')
        self.world.bank.clock.move_to_day(self.world.bank.clock.today(), 18, 1)
        self.yifen.ring()
        mails = wait_for(self.world.smtp.messages, 'the daily report is mailed', 60)
        text = mails[-1].get_body(('plain',)).get_content()
        say(f"18:00 日报寄给 {mails[-1]['to']}：《{mails[-1]['subject']}》")
        quote(text, 24)
        path = os.path.join(HOME, 'report.html')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(self.yifen.must('report', '--format', 'html'))
        say('  网页版：' + local(path))

    def end(self):
        title('全部在哪里')
        say(self.yifen.must('status').rstrip())
        say(self.yifen.must('audit', 'verify').rstrip())
        code = self.yifen.stop()
        self.world.close()
        say(f'\nyifend 收到停止信号，做完手上的事退出（{code}）。没有留下运行中的程序。')
        say('结果文件（还给财务的）：')
        for path in self.week.results()[-3:]:
            say('    ' + local(path))
        say(f"日报：{local(os.path.join(HOME, 'report.html'))}    付款报文：{local(self.world.bank.path('taken'))}/")
        say(f'用时 {time.monotonic() - _began:.0f} 秒。接着看：build/yifen -c {local(self.yifen.conf)} case list')


def main():
    why = worlds.why_not()
    if why:
        sys.exit(f'demo: {why}')
    demo = Demo()
    for act in (demo.open, demo.orders, demo.transfers, demo.codes, lambda: demo.day(0), demo.junk, demo.second_chance,
                lambda: demo.day(1), lambda: demo.day(2), demo.bounce, demo.again, demo.review, demo.report, demo.end):
        act()


if __name__ == '__main__':
    main()
